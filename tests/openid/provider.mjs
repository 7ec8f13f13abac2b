// A real OpenID Connect provider that looks like Microsoft Entra ID: `tid` and `oid` in the ID token.
//
//   node provider.mjs PORT CALLBACK
//
// Its sign-in page lets whoever asks be any of the people in people.json. What the portal must refuse is among
// them: a foreign tenant, and somebody whose address has changed.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, callback] = process.argv.slice(2);
const people = JSON.parse(readFileSync(new URL("people.json", import.meta.url)));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "portal", client_secret: "a-secret-of-the-tests-only", redirect_uris: [callback], require_auth_time: true }],
  claims: { openid: ["sub", "tid", "oid", "amr", "acr"], profile: ["name", "preferred_username"], email: ["email"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/people/${interaction.uid}` },
  cookies: { keys: ["a-key-of-the-tests-only"] },
  ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 600, AccessToken: 600 },
  findAccount: (ctx, id) => people[id] && { accountId: id, claims: () => ({ ...people[id], sub: id }) },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
  },
});
// A provider that follows the standard says when it asked (`auth_time`). One of its people is told as by one that doesn't.
const { payload } = provider.IdToken.prototype;
provider.IdToken.prototype.payload = async function () {
  const { auth_time, ...said } = await payload.call(this);
  return people[said.sub]?.says_no_time ? said : { ...said, auth_time };
};
const answer = provider.callback();

createServer(async (request, response) => {
  const url = new URL(request.url, "http://here");
  if (!url.pathname.startsWith("/people/")) {
    answer(request, response);
    return;
  }
  const who = url.searchParams.get("as");
  if (who === null) {
    const links = Object.keys(people).map((name) => `<li><a href="?as=${name}">${name}</a></li>`).join("");
    response.setHeader("Content-Type", "text/html");
    response.end(`<!DOCTYPE html><html lang="en"><title>Who are you?</title><h1>Who are you?</h1><ul>${links}<li><a href="?as=">Nobody</a></li></ul>`);
    return;
  }
  const result = people[who]
    ? { login: { accountId: who, amr: people[who].amr, remember: false } }
    : { error: "access_denied", error_description: "Somebody changed their mind" };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
