// Lighthouse's scores of pages: `judge.mjs CHROMIUM`, with {base, cookie, paths} on standard input.
// Writes one line of JSON per page: its path, its two scores and the audits that it did not pass.
import { readFileSync } from "node:fs";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const CATEGORIES = ["accessibility", "best-practices"];
const { base, cookie, paths } = JSON.parse(readFileSync(0, "utf8"));
const chrome = await launch({
  chromePath: process.argv[2],
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"],
});
try {
  for (const path of paths) {
    const { lhr } = await lighthouse(base + path, {
      port: chrome.port,
      onlyCategories: CATEGORIES,
      extraHeaders: { Cookie: cookie },
      logLevel: "error",
    });
    if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`);
    const failed = Object.values(lhr.audits).filter((audit) => audit.score !== null && audit.score < 1);
    const scores = Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)]));
    console.log(JSON.stringify({ path, landed: new URL(lhr.finalDisplayedUrl).pathname, ...scores, failed: failed.map((audit) => audit.id) }));
  }
} finally {
  await chrome.kill();
}
