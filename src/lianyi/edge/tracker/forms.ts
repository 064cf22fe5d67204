// What a visitor sends with a form that the website marked with data-lianyi-form, and nothing of any other form. Never
// taken: passwords, hidden fields, files, one-time codes, payment fields, card numbers wherever they stand, and what
// lies in an element marked data-lianyi-ignore.

type Value = string | string[];
type Field = HTMLInputElement & Pick<HTMLSelectElement, "selectedOptions">;

export interface Sent {
  form: string;
  fields: Record<string, Value>;
  /** The fields marked data-lianyi-trait, under the trait's name. */
  traits: Record<string, Value>;
}

const UNWANTED_TYPE = /^(password|hidden|file|submit|button|reset|image)$/;
const UNWANTED_USE = /(^| )cc-|password|one-time/;
const UNWANTED_NAME = /passw|card.?(n|c|s)|cvv|cvc|iban/i;

/** Whether a text holds a payment card's number: 13 to 19 digits with Luhn's check digit. */
function holdsCard(text: string): boolean {
  return (text.replace(/(\d)[ -](?=\d)/g, "$1").match(/\d{13,19}/g) || []).some((digits) => {
    let sum = 0;
    for (let place = 0; place < digits.length; place++) {
      const digit = +digits[digits.length - 1 - place]! * (1 + (place % 2));
      sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 === 0;
  });
}

function valueOf(field: Field): string[] {
  if (field.type === "checkbox" || field.type === "radio") return field.checked ? [field.value] : [];
  if (field.type === "select-multiple") return Array.from(field.selectedOptions, (option) => option.value);
  return [field.value];
}

export function readForm(form: HTMLFormElement): Sent | undefined {
  const name = form.getAttribute("data-lianyi-form");
  if (name === null || form.closest("[data-lianyi-ignore]")) return;
  // A field may be called "constructor" or "elements": so no inherited names here, and no form.elements.
  const sent: Sent = {
    form: name || form.getAttribute("id") || "",
    fields: Object.create(null),
    traits: Object.create(null),
  };
  for (const field of document.querySelectorAll<Field>("input,select,textarea")) {
    if (
      field.form !== form ||
      !field.name ||
      field.disabled ||
      UNWANTED_TYPE.test(field.type) ||
      UNWANTED_USE.test(field.autocomplete) ||
      UNWANTED_NAME.test(field.name + " " + field.id) ||
      field.closest("[data-lianyi-ignore]")
    )
      continue;
    const values = valueOf(field).map((value) => value.slice(0, 1000));
    if (!values.length || values.some(holdsCard)) continue;
    add(sent.fields, field.name, values);
    if (field.dataset.lianyiTrait) add(sent.traits, field.dataset.lianyiTrait, values);
  }
  return sent;
}

function add(into: Record<string, Value>, name: string, values: string[]): void {
  const all = ([] as string[]).concat(into[name] || [], values);
  into[name] = all[1] === undefined ? all[0]! : all;
}
