// Google's own client of Cloud Storage, held against the sandbox: buckets.js ENDPOINT TOKEN PROJECT FOLDER
'use strict';
const assert = require('assert');
const fs = require('fs');
const {Storage} = require('@google-cloud/storage');
const {OAuth2Client} = require('google-auth-library');

async function main() {
  const [apiEndpoint, token, projectId, folder] = process.argv.slice(2);
  const authClient = new OAuth2Client();
  authClient.setCredentials({access_token: token});
  const storage = new Storage({apiEndpoint, projectId, authClient, useAuthWithCustomEndpoint: true, retryOptions: {maxRetries: 1}});
  // It begins resumable uploads at other endpoints than Google's without its sign-in.
  storage.interceptors.push({request: options => ({...options, headers: {...options.headers, Authorization: 'Bearer ' + token}})});

  const [bucket] = await storage.createBucket('theirs', {location: 'EU'});
  await assert.rejects(storage.createBucket('theirs'), error => error.code === 409);
  const [buckets] = await storage.getBuckets();
  assert(buckets.map(each => each.name).includes('box'), 'ours is listed');

  // In two parts, by a session, and by a session of several requests; all are checked by their CRC32C.
  const bytes = Buffer.alloc(3000000);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) & 0xff;
  await bucket.file('a/small.txt').save('hello', {resumable: false, contentType: 'text/plain'});
  await bucket.file('a/b/session.bin').save(bytes, {resumable: true});
  await bucket.file('a/b/pieces.bin').save(bytes, {resumable: true, chunkSize: 1 << 20});
  await assert.rejects(
    bucket.file('a/small.txt').save('other', {resumable: false, preconditionOpts: {ifGenerationMatch: 0}}),
    error => error.code === 412);
  await bucket.file('empty').save('', {resumable: false});

  for (const name of ['a/b/session.bin', 'a/b/pieces.bin']) {
    const [whole] = await bucket.file(name).download();
    assert(bytes.equals(whole), name);
  }
  const [part] = await bucket.file('a/b/pieces.bin').download({start: 1000, end: 1999, validation: false});
  assert(bytes.subarray(1000, 2000).equals(part));
  const [metadata] = await bucket.file('a/small.txt').getMetadata();
  assert.strictEqual(metadata.contentType, 'text/plain');
  assert.strictEqual(String(metadata.size), '5');
  assert.strictEqual(metadata.crc32c, 'mnG7TA==');
  assert.strictEqual(metadata.md5Hash, 'XUFAKrxLKna5cZ2REBfFkg==');

  // Folders, and pages of one.
  const [files, , answer] = await bucket.getFiles({prefix: 'a/', delimiter: '/', autoPaginate: false});
  assert.deepStrictEqual(files.map(each => each.name), ['a/small.txt']);
  assert.deepStrictEqual(answer.prefixes, ['a/b/']);
  const all = [];
  for (let query = {maxResults: 1, autoPaginate: false}; query;) {
    const [page, next] = await bucket.getFiles(query);
    assert(page.length <= 1);
    all.push(...page.map(each => each.name));
    query = next;
  }
  assert.deepStrictEqual(all, ['a/b/pieces.bin', 'a/b/session.bin', 'a/small.txt', 'empty']);

  await bucket.file('a/small.txt').copy(bucket.file('copy.txt'));
  const [copied] = await bucket.file('copy.txt').download();
  assert.strictEqual(copied.toString(), 'hello');
  assert.deepStrictEqual(await bucket.file('missing').exists(), [false]);
  await assert.rejects(bucket.file('missing').download(), error => error.code === 404);

  // What ours wrote.
  await storage.bucket('box').file('folder/ours.bin').download({destination: folder + '/ours.bin'});
  fs.writeFileSync(folder + '/theirs.bin', bytes);
  await assert.rejects(bucket.delete(), error => error.code === 409);
  await bucket.file('copy.txt').delete();
  console.log('all well');
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
