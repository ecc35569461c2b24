// The OpenID-certified provider of npm, as strict as it goes: PKCE always, codes once,
// redirect URIs letter by letter, and an issuer in each response. Tests start it.
//
// It reads one line of JSON, {"issuers": [{"port", "pushed", "clients"}]}, serves each
// on loopback, and answers {"issuers": [...]}. It ends when its input does. Its keys are
// made at the start, so whoever starts it again has changed them.

import { createHash, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

import Provider from "oidc-provider";

const PEOPLE = new Map([
  ["kim", { name: "Kim de Vries", email: "kim@example.org", email_verified: true }],
  ["sam", { name: "Sam Jansen", email: "sam@example.org", email_verified: false }],
]);

function makeKeys() {
  const made = [
    [{}, generateKeyPairSync("rsa", { modulusLength: 2048 })], // RS256 and PS256
    [{ alg: "ES256" }, generateKeyPairSync("ec", { namedCurve: "P-256" })],
    [{ alg: "EdDSA" }, generateKeyPairSync("ed25519")],
  ];
  return made.map(([said, { privateKey }]) => ({
    ...privateKey.export({ format: "jwk" }),
    ...said,
    use: "sig",
  }));
}

const keys = makeKeys();

function findAccount(ctx, id) {
  const known = PEOPLE.get(id);
  return known && { accountId: id, claims: () => ({ sub: id, ...known }) };
}

function pairwiseIdentifier(ctx, accountId, client) {
  const text = `${client.sectorIdentifier} ${accountId}`;
  return createHash("sha256").update(text).digest("base64url");
}

async function serve({ port, pushed, clients }) {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients,
    findAccount,
    pairwiseIdentifier,
    jwks: { keys },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["of tests alone"] },
    subjectTypes: ["public", "pairwise"],
    responseTypes: ["code"],
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    features: {
      devInteractions: { enabled: true }, // its pages to sign in and to consent
      jwtUserinfo: { enabled: true },
      pushedAuthorizationRequests: {
        enabled: true,
        requirePushedAuthorizationRequests: pushed,
      },
    },
  });
  server.on("request", provider.callback());
  return issuer;
}

const input = createInterface({ input: process.stdin });
input.on("close", () => process.exit());
const [line] = await once(input, "line");
const issuers = await Promise.all(JSON.parse(line).issuers.map(serve));
console.log(JSON.stringify({ issuers }));
