// What browsers get, built by the Node that comes as a wheel. Two builds, one per mode:
//   tracker  src/lianyi/edge/tracker/main.ts -> src/lianyi/edge/static/lianyi.js   one classic script, no global but its own
//   web      src/lianyi/web/assets/*.{css,ts} -> src/lianyi/web/static/built/      one file each, same name; shared code apart
// A page's island is a new .ts file in src/lianyi/web/assets and needs no line here; what it loads only when needed
// is in a folder beneath. Names of pages' own files carry no hash, their addresses do; those of shared code carry one. Styles are Tailwind with daisyUI; classes are looked for where site.css says.
import tailwindcss from "@tailwindcss/vite";
import { readdirSync } from "node:fs";
import { defineConfig, type UserConfig } from "vite";

const tracker: UserConfig = {
  build: {
    outDir: "src/lianyi/edge/static",
    emptyOutDir: true,
    target: "es2018", // WeChat's and older Android web views
    minify: "terser",
    terserOptions: { ecma: 2018, compress: { passes: 3, hoist_funs: true, unsafe_arrows: true }, format: { ascii_only: true } },
    modulePreload: false,
    lib: { entry: "src/lianyi/edge/tracker/main.ts", formats: ["iife"], name: "unused", fileName: () => "lianyi.js" },
  },
};

function web(): UserConfig {
  const folder = "src/lianyi/web/assets/";
  const files = readdirSync(folder).filter((name) => /\.(css|ts)$/.test(name) && !name.endsWith(".d.ts"));
  return {
    plugins: [tailwindcss()],
    build: {
      outDir: "src/lianyi/web/static/built",
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: false,
      rollupOptions: {
        input: Object.fromEntries(files.map((name) => [name.replace(/\.ts$/, ""), folder + name])),
        output: {
          entryFileNames: "[name].js",
          chunkFileNames: "shared/[name]-[hash].js",
          assetFileNames: "[name][extname]",
        },
      },
    },
  };
}

export default defineConfig(({ mode }) => ({
  publicDir: false,
  clearScreen: false,
  ...(mode === "tracker" ? tracker : web()),
}));
