// What a form's page does where scripts run: it makes the server's checks before sending (checks.py, tidying.py), shows
// fields when their condition holds, and solves the puzzle of guarding.py while its reader types. It sends nothing.
const UNSEEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/gu;
const INVISIBLE = /[\u200b-\u200f\u2060]/g;
const BLANK = "[ \\t\\n\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const ENDS = new RegExp("^" + BLANK + "+|" + BLANK + "+$", "g");
const WITHIN = new RegExp(BLANK + "+", "g");

const tidying = {
  lines: (text) => text.replace(/\r\n?/g, "\n").replace(UNSEEN, "").replace(ENDS, ""),
  line: (text) => tidying.lines(text).replace(/[\n\t]/g, " "),
  plain: (text) => tidying.lines(text).replace(INVISIBLE, "").normalize("NFKC").replace(WITHIN, " ").replace(ENDS, ""),
  packed: (text) => tidying.plain(text).replace(/ /g, ""),
  dialled: (text) => tidying.plain(text).replace(/[-().·/~ ]/g, ""),
};

const isDay = (text) => {
  const day = new Date(text + "T00:00:00Z");
  return text >= "0001" && !isNaN(day) && day.toISOString().slice(0, 10) === text;
};

const holds = {
  needed: (_, values) => values.length > 0,
  longest: (most, values) => values.every((one) => [...one].length <= most),
  pattern: (shape, values) => values.every((one) => new RegExp(shape).test(one)),
  least: (least, values) => values.every((one) => Number(one) >= Number(least)),
  most: (most, values) => values.every((one) => Number(one) <= Number(most)),
  day: (_, values) => values.every(isDay),
  first: (first, values) => values.every((one) => one >= first),
  last: (last, values) => values.every((one) => one <= last),
  offered: (offered, values) => values.every((one) => offered.includes(one)),
  fewest: (least, values) => !values.length || values.length >= least,
  greatest: (most, values) => values.length <= most,
};

const tidied = (spelling, texts, several) => {
  const found = texts.map(tidying[spelling]).filter((text) => text);
  return several ? [...new Set(found)] : found.slice(0, 1);
};

const broken = (checks, values) => {
  const found = checks.find(([kind, value]) => !holds[kind](value, values));
  return found ? found[2] : null;
};

// SHA-256 of a text shorter than one block; only its first word, which is all that the puzzle asks for.
const FRACTION = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((p) => n % p)) PRIMES.push(n);
const ROUND = PRIMES.map((p) => FRACTION(Math.cbrt(p)));
const START = PRIMES.slice(0, 8).map((p) => FRACTION(Math.sqrt(p)));
const turn = (x, n) => (x >>> n) | (x << (32 - n));

const firstWord = (text) => {
  const w = new Int32Array(64);
  for (let i = 0; i < text.length; i++) w[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
  w[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  w[15] = text.length * 8;
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let i = 0; i < 64; i++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  return (START[0] + a) >>> 0;
};

const solves = (bits, riddle, answer) => firstWord(riddle + "." + answer) >>> (32 - bits) === 0;

const begin = (form) => {
  const fields = [...form.querySelectorAll("[data-field]")];
  const controls = (field) => [...field.querySelectorAll("input, textarea, select")];
  const values = (field) => {
    const all = controls(field);
    const said = all.filter((one) => !/^(radio|checkbox)$/.test(one.type) || one.checked).map((one) => one.value);
    return tidied(field.dataset.spelling, said, all.length > 1 && all[0].type === "checkbox");
  };
  const show = () => {
    const given = {};
    for (const field of fields) {
      const asked = field.dataset.when, wanted = asked ? JSON.parse(field.dataset.values) : [];
      const found = (asked && given[asked]) || [];
      field.hidden = !!asked && !(found.length && (!wanted.length || found.some((one) => wanted.includes(one))));
      given[field.dataset.field] = field.hidden ? [] : values(field);
    }
  };
  const say = (field, sentence) => {
    const key = field.dataset.field, id = key + "-wrong";
    let told = document.getElementById(id);
    if (sentence && !told) {
      told = document.createElement("p");
      told.className = "wrong";
      told.id = id;
      field.append(told);
    }
    if (sentence) told.textContent = sentence;
    if (told) told.style.visibility = sentence ? "" : "hidden"; // it keeps its room: nothing moves under a finger
    const place = field.matches("fieldset") ? field : controls(field)[0];
    const described = [key + "-help", sentence ? id : ""].filter((one) => document.getElementById(one)).join(" ");
    if (described) place.setAttribute("aria-describedby", described);
    else place.removeAttribute("aria-describedby");
    for (const one of controls(field)) {
      if (sentence) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
    }
  };
  const check = (field) => {
    const sentence = field.hidden ? null : broken(JSON.parse(field.dataset.checks), values(field));
    say(field, sentence);
    return sentence;
  };

  const work = form.elements.ly_work;
  const bits = Number(form.dataset.work || 0), riddle = form.dataset.riddle;
  let next = 0, waits = false;
  const solve = () => {
    const until = performance.now() + 8; // milliseconds: a slow phone still hears its reader between two of these
    for (; !work.value && (next % 50 || performance.now() < until); next++) if (solves(bits, riddle, next)) work.value = String(next);
    if (!work.value) setTimeout(solve);
    else if (waits) form.submit();
  };
  if (bits) solve();

  form.addEventListener("input", show);
  form.addEventListener("change", (event) => {
    show();
    const field = event.target.closest("[data-field]");
    if (field && document.getElementById(field.dataset.field + "-wrong")) check(field);
  });
  form.addEventListener("submit", (event) => {
    show();
    const wrong = fields.filter(check);
    if (wrong.length) {
      event.preventDefault();
      controls(wrong[0])[0].focus();
    } else if (waits) event.preventDefault();
    else if (bits && !work.value) {
      event.preventDefault();
      waits = true;
    }
  });
  show();
};

if (typeof document !== "undefined") document.querySelectorAll("form[data-form]").forEach(begin);
