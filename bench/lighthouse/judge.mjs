// Lighthouse's scores of pages: `judge.mjs CHROMIUM`, with {base, cookies, paths, categories} on standard input.
// Writes one line of JSON per page: its path, where it led, its scores and the audits that it did not pass.
import { readFileSync } from "node:fs";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { connect } from "puppeteer-core";

const NOWHERE_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost";

const { base, cookies, paths, categories } = JSON.parse(readFileSync(0, "utf8"));
const chrome = await launch({
  chromePath: process.argv[2],
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", NOWHERE_ELSE],
});
try {
  const browser = await connect({ browserURL: `http://127.0.0.1:${chrome.port}` });
  const page = await browser.newPage();
  await browser.setCookie(...Object.entries(cookies).map(([name, value]) => ({ name, value, domain: "localhost", path: "/" })));
  for (const path of paths) {
    const options = { onlyCategories: categories, disableStorageReset: true, logLevel: "error" };
    const { lhr } = await lighthouse(base + path, options, undefined, page);
    if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`);
    const failed = Object.values(lhr.audits).filter(({ score }) => score !== null && score < 1);
    const scores = categories.map((name) => [name, Math.round(lhr.categories[name].score * 100)]);
    const landed = new URL(lhr.finalDisplayedUrl).pathname;
    console.log(JSON.stringify({ path, landed, scores: Object.fromEntries(scores), failed: failed.map(({ id }) => id) }));
  }
  await browser.disconnect();
} finally {
  await chrome.kill();
}
