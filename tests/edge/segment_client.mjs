// Segment's client for Node, unmodified: makes one call of each kind and ends when all are sent.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../package.json", import.meta.url));
const { Analytics } = require("@segment/analytics-node");

const [host, writeKey, times] = process.argv.slice(2);
const failed = [];
for (let time = 0; time < Number(times); time++) {
  const client = new Analytics({ host, writeKey, flushAt: 4, maxRetries: 2 });
  client.on("error", (error) => failed.push(String(error.reason ?? error.code)));
  const who = { anonymousId: "visitor-1" };
  const when = (second) => new Date(Date.now() - 60_000 + second * 1000);
  client.identify({ ...who, userId: "u-1", traits: { name: "王芳", plan: "pro" }, timestamp: when(0), messageId: "node-0" });
  client.track({ ...who, event: "Product Viewed", properties: { sku: "A-1", price: 12.5 }, timestamp: when(1), messageId: "node-1" });
  client.page({ ...who, name: "Home", properties: { url: "https://shop.example/" }, timestamp: when(2), messageId: "node-2" });
  client.screen({ ...who, name: "Start", timestamp: when(3), messageId: "node-3" });
  client.group({ userId: "u-1", groupId: "g-1", traits: { size: 3 }, timestamp: when(4), messageId: "node-4" });
  client.alias({ userId: "u-1", previousId: "old-1", timestamp: when(5), messageId: "node-5" });
  await client.closeAndFlush({ timeout: 20_000 });
}
console.log(JSON.stringify({ failed }));
