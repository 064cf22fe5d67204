// Reads codes from the camera: by the browser's own reader where it has one, else by a library, which is fetched as soon
// as the page is open, since there may be no network any more when the camera is started.

interface Reader {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
type Readers = { new (options: { formats: string[] }): Reader; getSupportedFormats(): Promise<string[]> };

const EVERY = 150; // ms
const WIDEST = 640; // pixels that the library looks at

const hasOwn = own().then(async (found) => {
  if (!found) await import("qr/decode.js").catch(() => undefined);
  return found;
});

// When what reads codes is at hand.
export async function ready(): Promise<void> {
  await hasOwn;
}

export async function watch(video: HTMLVideoElement, seen: (text: string) => void): Promise<void> {
  video.srcObject = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1280 } },
    audio: false,
  });
  await video.play();
  const read = await reader(video);
  const look = async (): Promise<void> => {
    if (!document.hidden && video.readyState >= video.HAVE_CURRENT_DATA) {
      const text = await read().catch(() => "");
      if (text !== "") seen(text);
    }
    setTimeout(() => void look(), EVERY);
  };
  void look();
}

async function reader(video: HTMLVideoElement): Promise<() => Promise<string>> {
  const readers = (globalThis as { BarcodeDetector?: Readers }).BarcodeDetector;
  if (readers !== undefined && (await hasOwn)) {
    const found = new readers({ formats: ["qr_code"] });
    return async () => (await found.detect(video))[0]?.rawValue ?? "";
  }
  const { decodeQR } = await import("qr/decode.js");
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    const scale = Math.min(1, WIDEST / Math.max(video.videoWidth, video.videoHeight, 1));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    paper?.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = paper?.getImageData(0, 0, canvas.width, canvas.height);
    return picture === undefined ? "" : decodeQR(picture);
  };
}

async function own(): Promise<boolean> {
  const readers = (globalThis as { BarcodeDetector?: Readers }).BarcodeDetector;
  return readers !== undefined && (await readers.getSupportedFormats().catch((): string[] => [])).includes("qr_code");
}
