/* Passkeys: a form with `data-passkey` asks the browser for a credential before it is sent. */

type Json = Record<string, unknown>;

const asked = (): Json => JSON.parse(document.getElementById("passkey-options")?.textContent ?? "{}") as Json;

async function credential(form: HTMLFormElement): Promise<Credential | null> {
  if (form.dataset.passkey === "create") {
    const told = (asked().creation_options as { publicKey: PublicKeyCredentialCreationOptionsJSON }).publicKey;
    const selection: AuthenticatorSelectionCriteria = { ...told.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({ ...told, authenticatorSelection: selection });
    return navigator.credentials.create({ publicKey });
  }
  let options = asked();
  if (form.dataset.passkey === "sign-in") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no options");
    options = (await answer.json()) as Json;
  }
  const told = (options.request_options as { publicKey: PublicKeyCredentialRequestOptionsJSON }).publicKey;
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(told) });
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-passkey-problem]");
    problem?.classList.add("hidden");
    credential(form)
      .then((found) => {
        if (!found) throw new Error("none");
        const place = form.elements.namedItem("credential") as HTMLInputElement;
        place.value = JSON.stringify((found as PublicKeyCredential).toJSON());
        form.submit();
      })
      .catch(() => problem?.classList.remove("hidden"));
  });
}
