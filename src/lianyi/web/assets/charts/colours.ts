// The theme's colours are in OKLCH, which ECharts cannot mix: the browser tells them in sRGB.
export function colour(name: string, opacity = 1): string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (pen === null) return "#888";
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--color-${name}`).trim();
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return opacity < 1 ? `rgba(${red},${green},${blue},${opacity})` : `rgb(${red},${green},${blue})`;
}
