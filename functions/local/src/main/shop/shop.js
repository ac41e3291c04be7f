// A Vendure shop in memory, on this machine alone: a country, a way to pay, a way to send, some items, and a key
// for the warehouse that may do what it has to and no more. It prints one line of JSON when it is open, and ends
// when nobody holds its standard input any more.
const { bootstrap, DefaultLogger, dummyPaymentHandler, LogLevel } = require('@vendure/core');

const items = JSON.parse(process.argv[2] || '{}');
const owner = { identifier: 'owner', password: require('crypto').randomBytes(12).toString('hex') };

const config = {
  apiOptions: { port: 0, hostname: '127.0.0.1', adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: { tokenMethod: ['bearer', 'api-key'], superadminCredentials: owner, requireVerification: false },
  dbConnectionOptions: { type: 'sqljs', synchronize: true, logging: false },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  logger: new DefaultLogger({ level: LogLevel.Error }),
};

async function main() {
  const app = await bootstrap(config);
  const { port } = app.getHttpServer().address();
  const admin = await signedIn(port);
  const country = await admin(
    'mutation ($input: CreateCountryInput!) { createCountry(input: $input) { id } }',
    { input: { code: 'GB', enabled: true, translations: [{ languageCode: 'en', name: 'United Kingdom' }] } });
  const zone = await admin(
    'mutation ($input: CreateZoneInput!) { createZone(input: $input) { id } }',
    { input: { name: 'Home', memberIds: [country.createCountry.id] } });
  await admin(
    'mutation ($input: UpdateChannelInput!) { updateChannel(input: $input) { ... on Channel { id } ... on ErrorResult { message } } }',
    { input: { id: '1', defaultTaxZoneId: zone.createZone.id, defaultShippingZoneId: zone.createZone.id } });
  const tax = await admin(
    'mutation ($input: CreateTaxCategoryInput!) { createTaxCategory(input: $input) { id } }',
    { input: { name: 'Standard', isDefault: true } });
  await admin(
    'mutation ($input: CreateTaxRateInput!) { createTaxRate(input: $input) { id } }',
    { input: { name: 'Standard', enabled: true, value: 20, categoryId: tax.createTaxCategory.id, zoneId: zone.createZone.id } });
  await admin(
    'mutation ($input: CreateShippingMethodInput!) { createShippingMethod(input: $input) { id } }',
    { input: {
      code: 'post', fulfillmentHandler: 'manual-fulfillment',
      checker: { code: 'default-shipping-eligibility-checker', arguments: [{ name: 'orderMinimum', value: '0' }] },
      calculator: { code: 'default-shipping-calculator', arguments: [
        { name: 'rate', value: '500' }, { name: 'includesTax', value: 'auto' }, { name: 'taxRate', value: '20' }] },
      translations: [{ languageCode: 'en', name: 'Post', description: '' }] } });
  await admin(
    'mutation ($input: CreatePaymentMethodInput!) { createPaymentMethod(input: $input) { id } }',
    { input: {
      code: 'card', enabled: true,
      handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] },
      translations: [{ languageCode: 'en', name: 'Card' }] } });
  const variants = {};
  for (const [sku, stock] of Object.entries(items)) {
    const product = await admin(
      'mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }',
      { input: { enabled: true, translations: [{ languageCode: 'en', name: sku, slug: sku.toLowerCase(), description: '' }] } });
    const made = await admin(
      'mutation ($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id } }',
      { input: [{
        productId: product.createProduct.id, sku, price: 1000, stockOnHand: stock, trackInventory: 'TRUE',
        taxCategoryId: tax.createTaxCategory.id, translations: [{ languageCode: 'en', name: sku }] }] });
    variants[sku] = made.createProductVariants[0].id;
  }
  const role = await admin(
    'mutation ($input: CreateRoleInput!) { createRole(input: $input) { id } }',
    { input: { code: 'warehouse', description: 'The warehouse', permissions: [
      'ReadOrder', 'UpdateOrder', 'ReadCatalog', 'UpdateCatalog', 'ReadStockLocation'] } });
  const key = await admin(
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey } }',
    { input: { roleIds: [role.createRole.id], translations: [{ languageCode: 'en', name: 'The warehouse' }] } });
  console.log(JSON.stringify({ port, apiKey: key.createApiKey.apiKey, ownerToken: admin.token, variants }));
  process.stdin.on('end', () => process.exit(0)).resume();
}

async function signedIn(port) {
  const ask = async (query, variables) => {
    const answer = await fetch(`http://127.0.0.1:${port}/admin-api`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(ask.token ? { authorization: `Bearer ${ask.token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    ask.token = answer.headers.get('vendure-auth-token') || ask.token;
    const json = await answer.json();
    if (json.errors) throw new Error(JSON.stringify(json.errors));
    return json.data;
  };
  await ask(
    'mutation ($u: String!, $p: String!) { login(username: $u, password: $p) { ... on CurrentUser { id } ... on ErrorResult { message } } }',
    { u: owner.identifier, p: owner.password });
  return ask;
}

main().catch(e => { console.error(e); process.exit(1); });
