"use strict";

// The ten steps from the truck to the parcel: operation, what one calls it, who does it.
const STEPS = [
  ["announce-asn", "Announce", "A supplier says what is on its way"],
  ["open-receipt", "Open a receipt", "The truck stands at the dock"],
  ["receive-line", "Receive", "The receiver counts units in"],
  ["confirm-putaway", "Put away", "… and carries them to a bin"],
  ["accept-order", "Accept an order", "The shop sends what a customer wants"],
  ["allocate-order", "Allocate", "Stock is promised to the order"],
  ["list-picks", "List the picks", "The picker sees where to go"],
  ["confirm-pick", "Confirm the pick", "… and takes the goods to the stage"],
  ["pack-carton", "Pack", "The packer fills a carton"],
  ["dispatch-shipment", "Dispatch", "The parcel leaves the house"],
];
const IDS = [
  "warehouse_id", "sku", "location", "dock", "asn_id", "receipt_id", "bucket_id", "order_id", "pick_id", "member_id",
];
const NOBODY = "nobody, without a token";
const RENEW_BEFORE_MS = 5 * 60 * 1000;

const tenantChoice = document.getElementById("tenant");
const roleChoice = document.getElementById("role");
const standing = document.getElementById("standing");
const done = new Set();
const sent = new Map();

let operations = new Map();
let atHand = { ids: {}, examples: {} };
let token = { value: "", until: 0 };
let ui;

async function json(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) {
    throw new Error(await response.text());
  }
  return response.json();
}

// The page's copy of the contract: the token and the idempotency key are the page's business.
function prepared(contract) {
  delete contract.security;
  delete contract.components.securitySchemes;
  contract.servers = [{ url: location.origin }];
  for (const [path, methods] of Object.entries(contract.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operation.parameters = (operation.parameters ?? []).map((parameter) => {
        const shared = parameter.$ref && contract.components.parameters[parameter.$ref.split("/").pop()];
        return shared ? { ...shared, required: false } : parameter;
      });
      // Every no has the same form: its codes say enough here, and the page stays short.
      for (const [status, response] of Object.entries(operation.responses)) {
        if (status >= "400") {
          delete response.content;
        }
      }
      operations.set(operation.operationId, { path, method, operation });
    }
  }
  // In the order of the steps, then the rest.
  const tags = [...STEPS.map(([id]) => id), ...operations.keys()].map((id) => operations.get(id).operation.tags[0]);
  contract.tags = [...new Set(tags)].map((name) => ({ name }));
  return contract;
}

async function bearer() {
  if (Date.now() > token.until - RENEW_BEFORE_MS) {
    await signIn();
  }
  return token.value;
}

async function signIn() {
  const answer = await json("/local/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ tenant: tenantChoice.value, role: roleChoice.value }),
  });
  token = { value: answer.token, until: Date.now() + answer.expires_in * 1000 };
}

async function choose() {
  token = { value: "", until: 0 };
  standing.value = "";
  let said = "You act as nobody: expect 401.";
  if (roleChoice.value !== NOBODY) {
    await signIn();
    const until = new Date(token.until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    said = `You are ${roleChoice.value} of the ${tenantChoice.value}; token until ${until}.`;
  }
  await refresh();
  standing.value = said; // when everything is filled in
}

// After a write the examples of everything else go on from it; what was just sent stays to be seen.
async function refresh(except) {
  atHand = await json("/local/at-hand?tenant=" + tenantChoice.value);
  for (const id of operations.keys()) {
    if (id !== except) {
      fill(id);
    }
  }
  showSteps();
  showIds();
}

function fill(id) {
  const { path, method, operation } = operations.get(id);
  const example = atHand.examples[id] ?? {};
  for (const parameter of operation.parameters) {
    const value = example[parameter.in]?.[parameter.name]
      ?? (parameter.required ? atHand.ids[parameter.name] : undefined);
    ui.specActions.changeParam([path, method], parameter.name, parameter.in, value, false);
  }
  if (operation.requestBody && example.body) {
    const pathMethod = [path, method];
    // Or the renderer puts the contract's invented example in its place when the operation is opened.
    ui.oas3Actions.setRetainRequestBodyValueFlag({ value: true, pathMethod });
    ui.oas3Actions.setRequestBodyValue({ value: JSON.stringify(example.body, null, 2), pathMethod });
  }
}

function openOperation(id) {
  const tag = operations.get(id).operation.tags[0];
  fill(id);
  ui.layoutActions.show(["operations-tag", tag], true);
  ui.layoutActions.show(["operations", tag, id], true);
  document.getElementById(`operations-${tag}-${id}`).scrollIntoView({ behavior: "smooth" });
}

function showSteps() {
  document.getElementById("steps").replaceChildren(...STEPS.map(([id, name, what], at) => {
    const step = document.createElement("li");
    const button = document.createElement("button");
    const title = document.createElement("b");
    const text = document.createElement("span");
    title.textContent = `${at + 1}. ${name}`;
    text.textContent = atHand.examples[id] || done.has(id) ? what : "Nothing waits: take the step before it";
    step.className = done.has(id) ? "done" : atHand.examples[id] ? "" : "waiting";
    button.type = "button";
    button.dataset.operation = id;
    button.append(title, text);
    button.addEventListener("click", () => openOperation(id));
    step.append(button);
    return step;
  }));
}

function showIds() {
  document.getElementById("ids").replaceChildren(...IDS.filter((name) => atHand.ids[name]).map((name) => {
    const value = atHand.ids[name];
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    const copy = document.createElement("button");
    term.textContent = name;
    text.textContent = value;
    text.title = value;
    copy.type = "button";
    copy.textContent = "copy";
    copy.setAttribute("aria-label", "copy " + name);
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(value);
      copy.textContent = "copied";
      setTimeout(() => { copy.textContent = "copy"; }, 1200);
    });
    row.append(term, text, copy);
    return row;
  }));
}

function operationOf(method, url) {
  const path = new URL(url, location.origin).pathname;
  for (const [id, known] of operations) {
    const pattern = new RegExp("^" + known.path.replace(/\{[^}]+\}/g, "[^/]+") + "$");
    if (known.method === method.toLowerCase() && pattern.test(path)) {
      return id;
    }
  }
  return undefined;
}

async function prepare(request) {
  const id = operationOf(request.method ?? "GET", request.url);
  sent.set(new URL(request.url, location.origin).href, id);
  const open = id && operations.get(id).operation["x-audience"] === "anybody";
  if (roleChoice.value !== NOBODY && !open) {
    request.headers.Authorization = "Bearer " + await bearer();
  }
  if (request.method === "POST" && !request.headers["Idempotency-Key"]) {
    request.headers["Idempotency-Key"] = crypto.randomUUID();
  }
  return request;
}

function notice(response) {
  const id = sent.get(response.url);
  if (id && response.ok) {
    done.add(id);
    refresh(id);
  }
  return response;
}

function options(select, values) {
  select.replaceChildren(...values.map((value) => new Option(value, value)));
}

async function start() {
  const [contract, tenants] = await Promise.all([json("/local/openapi.json"), json("/local/tenants")]);
  const roles = new Map(tenants.map((tenant) => [tenant.name, tenant.roles]));
  options(tenantChoice, [...roles.keys()]);
  const offerRoles = () => options(roleChoice, [...roles.get(tenantChoice.value), NOBODY]);
  offerRoles();
  tenantChoice.addEventListener("change", () => {
    const before = roleChoice.value;
    offerRoles();
    if ([...roleChoice.options].some((option) => option.value === before)) {
      roleChoice.value = before;
    }
    done.clear();
    choose();
  });
  roleChoice.addEventListener("change", choose);
  ui = SwaggerUIBundle({
    spec: prepared(contract),
    dom_id: "#reference",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    showExtensions: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    requestInterceptor: prepare,
    responseInterceptor: notice,
    onComplete: choose,
  });
}

start();
