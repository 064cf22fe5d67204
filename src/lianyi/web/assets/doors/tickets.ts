// What a code says: a ticket is the last part of its address, and its code follows from it.

const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function ticketIn(text: string): string {
  return text.trim().replace(/\/+$/, "").split("/t/").at(-1)?.split(/[?#]/)[0] ?? "";
}

export async function codeOf(ticket: string): Promise<string> {
  const hashed = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(ticket)));
  let code = "";
  for (let bit = 0; bit < 50; bit += 5) {
    const pair = ((hashed[bit >> 3] ?? 0) << 8) | (hashed[(bit >> 3) + 1] ?? 0);
    code += SIGNS[(pair >> (11 - (bit & 7))) & 31];
  }
  return code;
}

export function codeIn(typed: string): string {
  const plain = typed.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return plain.replace(/0/g, "O").replace(/1/g, "I").replace(/8/g, "B").slice(0, 10);
}
