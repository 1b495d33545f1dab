// Microsoft's own client of Azure Files, held against the sandbox: files.js ENDPOINT ACCOUNT KEY
'use strict';
const assert = require('assert');
const {ShareServiceClient, StorageSharedKeyCredential} = require('@azure/storage-file-share');

async function main() {
  const [endpoint, account, key] = process.argv.slice(2);
  const service = new ShareServiceClient(endpoint, new StorageSharedKeyCredential(account, key), {retryOptions: {maxTries: 2}});
  const share = service.getShareClient('theirs');
  await share.create({quota: 7});
  const names = [];
  for await (const one of service.listShares()) names.push(one.name);
  assert(names.includes('theirs') && names.includes('box'), names.join());
  assert.strictEqual((await share.getProperties()).quota, 7);

  const folder = share.getDirectoryClient('folder');
  await folder.create();
  await assert.rejects(folder.create(), error => error.statusCode === 409 && error.code === 'ResourceAlreadyExists');
  const file = folder.getFileClient('theirs.bin');
  const bytes = Buffer.alloc(5000000);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) & 0xff;
  await file.uploadData(bytes, {rangeSize: 1 << 20, concurrency: 4});
  const properties = await file.getProperties();
  assert.strictEqual(properties.contentLength, bytes.length);
  assert(bytes.equals(await file.downloadToBuffer(0, undefined, {rangeSize: 1 << 20})));
  const ranges = await file.getRangeList();
  assert.deepStrictEqual(ranges.rangeList.map(range => [range.start, range.end]), [[0, bytes.length - 1]]);

  const entries = [];
  for await (const one of folder.listFilesAndDirectories()) entries.push([one.kind, one.name]);
  assert.deepStrictEqual(entries, [['file', 'theirs.bin']]);
  // Its rename takes the first part of a path for the share, which an account in the path does not allow: a copy stands for it.
  const copy = folder.getFileClient('copied.bin');
  const copied = await copy.startCopyFromURL(file.url);
  assert.strictEqual(copied.copyStatus, 'success');
  assert.strictEqual((await copy.getProperties()).contentLength, bytes.length);
  await copy.delete();
  await assert.rejects(copy.getProperties(), error => error.statusCode === 404);

  const ours = await service.getShareClient('box').getDirectoryClient('').getFileClient('ours.txt').downloadToBuffer();
  assert.strictEqual(ours.toString(), 'written by Trainyard');
  const wrong = new ShareServiceClient(endpoint, new StorageSharedKeyCredential(account, Buffer.from('no').toString('base64')),
                                       {retryOptions: {maxTries: 1}});
  await assert.rejects(wrong.getShareClient('theirs').getProperties(), error => error.statusCode === 403);
  console.log('all well');
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
