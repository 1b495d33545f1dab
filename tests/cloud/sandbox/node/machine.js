// Microsoft's own client libraries make, list, stop, start, change and delete a machine on a sandbox.
// usage: node machine.js READY.json    (the line that trainyard-sandbox prints when it is ready)
'use strict';
// The libraries want Node 20; Debian 12's has this under another name.
globalThis.crypto ??= require('node:crypto').webcrypto;
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { ClientSecretCredential, DeviceCodeCredential } = require('@azure/identity');
const { ResourceManagementClient } = require('@azure/arm-resources');
const { ComputeManagementClient } = require('@azure/arm-compute');
const { NetworkManagementClient } = require('@azure/arm-network');

const ready = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const secrets = JSON.parse(fs.readFileSync(ready.clientFile, 'utf8'));
const origin = ready.https.replace('//localhost:', '//127.0.0.1:'); // a bare system may not know the name
const credential = new ClientSecretCredential(secrets.tenantId, secrets.clientId, secrets.clientSecret, {
  authorityHost: origin, disableInstanceDiscovery: true });
const options = { endpoint: origin, credentialScopes: [origin + '/.default'] };
const resources = new ResourceManagementClient(credential, secrets.subscriptionId, options);
const compute = new ComputeManagementClient(credential, secrets.subscriptionId, options);
const network = new NetworkManagementClient(credential, secrets.subscriptionId, options);
const group = 'judged';
const location = 'westeurope';

async function all(pages) {
  const list = [];
  for await (const item of pages) list.push(item);
  return list;
}

/** Every state that a poller passes through, and the result. */
async function watch(poller) {
  const seen = [];
  const start = poller.submitted ? (await poller.submitted(), poller) : poller;
  start.onProgress((state) => seen.push(state.status));
  const result = await start.pollUntilDone();
  return { seen, result };
}

const step = (text) => console.log(`ok ${text}`);

/** The login that the machine of that name tells: the one asked for, or that of whoever runs this where nobody can be renamed. */
function loginOf(name) {
  const machines = path.join(ready.dataFolder, 'machines');
  const logs = fs.readdirSync(machines).map((id) => fs.readFileSync(path.join(machines, id, 'serial.log'), 'utf8'));
  return logs.find((log) => log.includes(`@${name} (`)).match(/ci-info: user (\S+),/)[1];
}

async function wrongSecretIsRefused() {
  const wrong = new ClientSecretCredential(secrets.tenantId, secrets.clientId, 'wrong', {
    authorityHost: origin, disableInstanceDiscovery: true });
  await assert.rejects(wrong.getToken(origin + '/.default'), /7000215|invalid_client/);
  step('a wrong secret is refused with AADSTS7000215');
}

async function deviceCodeIsConfirmed() {
  const device = new DeviceCodeCredential({
    tenantId: secrets.tenantId, clientId: secrets.clientId, authorityHost: origin, disableInstanceDiscovery: true,
    userPromptCallback: async (info) => {
      const answer = await fetch(info.verificationUri, {
        method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ code: info.userCode, answer: 'yes' }) });
      assert.equal(answer.status, 200);
    } });
  const token = await device.getToken(origin + '/.default');
  assert.ok(token.token.length > 100);
  step('a device code is confirmed on its page and gives a token');
}

async function main() {
  await wrongSecretIsRefused();
  await deviceCodeIsConfirmed();

  const made = await resources.resourceGroups.createOrUpdate(group, { location, tags: { by: 'judge' } });
  assert.equal(made.properties.provisioningState, 'Succeeded');
  assert.equal((await resources.resourceGroups.checkExistence(group)).body, true);
  step('group');

  const [vnet, nsg, address] = await Promise.all([
    network.virtualNetworks.beginCreateOrUpdateAndWait(group, 'net', {
      location, addressSpace: { addressPrefixes: ['10.1.0.0/16'] }, subnets: [{ name: 'default', addressPrefix: '10.1.0.0/24' }] }),
    network.networkSecurityGroups.beginCreateOrUpdateAndWait(group, 'door', {
      location, securityRules: [{ name: 'ssh', priority: 1000, direction: 'Inbound', access: 'Allow', protocol: 'Tcp',
        sourcePortRange: '*', sourceAddressPrefix: '127.0.0.0/8', destinationAddressPrefix: '*', destinationPortRange: '22' }] }),
    network.publicIPAddresses.beginCreateOrUpdateAndWait(group, 'address', {
      location, sku: { name: 'Standard' }, publicIPAllocationMethod: 'Static' }),
  ]);
  assert.equal(vnet.provisioningState, 'Succeeded');
  assert.equal(nsg.defaultSecurityRules.length, 6);
  assert.match(address.ipAddress, /^127\./);
  const nic = await network.networkInterfaces.beginCreateOrUpdateAndWait(group, 'card', {
    location, networkSecurityGroup: { id: nsg.id },
    ipConfigurations: [{ name: 'primary', subnet: { id: vnet.subnets[0].id }, publicIPAddress: { id: address.id } }] });
  assert.equal(nic.ipConfigurations[0].privateIPAllocationMethod, 'Dynamic');
  step('network, security group, public address, network interface');

  const folder = fs.mkdtempSync(path.join(require('node:os').tmpdir(), 'judge-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, 'key')]);
  const publicKey = fs.readFileSync(path.join(folder, 'key.pub'), 'utf8').trim();
  const created = await watch(compute.virtualMachines.createOrUpdate(group, 'judge1', {
    location, tags: { purpose: 'judge' },
    hardwareProfile: { vmSize: 'Standard_B2s' },
    storageProfile: {
      imageReference: { publisher: 'Canonical', offer: '0001-com-ubuntu-server-jammy', sku: '22_04-lts-gen2', version: 'latest' },
      osDisk: { createOption: 'FromImage', deleteOption: 'Delete', managedDisk: { storageAccountType: 'StandardSSD_LRS' } },
      dataDisks: [{ lun: 0, createOption: 'Empty', diskSizeGB: 64, deleteOption: 'Detach' }] },
    osProfile: { computerName: 'judge1', adminUsername: 'trainer', linuxConfiguration: { disablePasswordAuthentication: true,
      ssh: { publicKeys: [{ path: '/home/trainer/.ssh/authorized_keys', keyData: publicKey }] } } },
    networkProfile: { networkInterfaces: [{ id: nic.id, primary: true, deleteOption: 'Detach' }] } }));
  assert.equal(created.result.provisioningState, 'Succeeded');
  assert.ok(created.seen.includes('running'), `the poller saw it running: ${created.seen}`);
  assert.equal(created.result.storageProfile.imageReference.exactVersion, '22.04.202410020');
  step(`machine made after ${created.seen.length} polls`);

  const listed = await all(compute.virtualMachines.list(group));
  assert.deepEqual(listed.map((vm) => vm.name), ['judge1']);
  assert.equal((await all(compute.virtualMachines.listAll())).length, 1);
  const view = await compute.virtualMachines.instanceView(group, 'judge1');
  assert.deepEqual(view.statuses.map((s) => s.code), ['ProvisioningState/succeeded', 'PowerState/running']);
  assert.equal(view.vmAgent.statuses[0].displayStatus, 'Ready', view.vmAgent.statuses[0].message);
  step('listed, instance view says running');

  if (ready.sshd) {
    const said = execFileSync('ssh', ['-i', path.join(folder, 'key'), '-p', String(ready.sshPort), '-o', 'BatchMode=yes',
      '-o', 'StrictHostKeyChecking=no', '-o', `UserKnownHostsFile=${path.join(folder, 'known')}`, '-o', 'GlobalKnownHostsFile=/dev/null',
      `${loginOf('judge1')}@${address.ipAddress}`, 'echo "$(whoami) on $(hostname) in $PWD"'], { encoding: 'utf8' });
    const login = loginOf('judge1');
    // Where nobody can be renamed, the host cannot either, and the home is theirs.
    const rest = login === 'trainer' ? 'judge1 in .*/home' : '\\S+ in /.*';
    assert.match(said, new RegExp(`^${login} on ${rest}\n$`));
    step(`a shell: ${said.trim()}`);
    const run = await compute.virtualMachines.runCommand(group, 'judge1', { commandId: 'RunShellScript', script: ['echo from-run-command', 'whoami >&2'] })
      .pollUntilDone();
    assert.match(run.value[0].message, /\[stdout\]\nfrom-run-command\n/);
    step('run command answers what the script said');
  }

  const resized = await compute.virtualMachines.update(group, 'judge1', { hardwareProfile: { vmSize: 'Standard_B4ms' } }).pollUntilDone();
  assert.equal(resized.hardwareProfile.vmSize, 'Standard_B4ms');
  await compute.virtualMachines.powerOff(group, 'judge1').pollUntilDone();
  assert.equal((await compute.virtualMachines.instanceView(group, 'judge1')).statuses[1].code, 'PowerState/stopped');
  await compute.virtualMachines.start(group, 'judge1').pollUntilDone();
  await compute.virtualMachines.restart(group, 'judge1').pollUntilDone();
  assert.equal((await compute.virtualMachines.instanceView(group, 'judge1')).statuses[1].code, 'PowerState/running');
  await compute.virtualMachines.deallocate(group, 'judge1').pollUntilDone();
  assert.equal((await compute.virtualMachines.instanceView(group, 'judge1')).statuses[1].code, 'PowerState/deallocated');
  step('resized, powered off, started, restarted, deallocated');

  await compute.virtualMachines.generalize(group, 'judge1');
  const image = await compute.images.createOrUpdate(group, 'picture', { location,
    sourceVirtualMachine: { id: created.result.id }, hyperVGeneration: 'V2' }).pollUntilDone();
  assert.equal(image.storageProfile.osDisk.osState, 'Generalized');
  step('captured');

  await assert.rejects(compute.virtualMachines.get(group, 'nobody'), (error) => error.statusCode === 404 && error.code === 'ResourceNotFound');
  await assert.rejects(
    compute.virtualMachines.createOrUpdate(group, 'big', { location, hardwareProfile: { vmSize: 'Standard_ND96isr_H100_v5' },
      storageProfile: { imageReference: { publisher: 'Canonical', offer: '0001-com-ubuntu-server-jammy', sku: '22_04-lts-gen2', version: 'latest' } },
      osProfile: { computerName: 'big', adminUsername: 'trainer', adminPassword: 'Sandbox-1234' },
      networkProfile: { networkInterfaces: [{ id: nic.id }] } }).pollUntilDone(),
    (error) => [400, 409].includes(error.statusCode) && ['OperationNotAllowed', 'SkuNotAvailable', 'InvalidParameter'].includes(error.code));
  step('errors come as RestError with code and status');

  const deleted = await watch(compute.virtualMachines.delete(group, 'judge1'));
  assert.ok(deleted.seen.length >= 1);
  assert.equal((await all(compute.virtualMachines.list(group))).length, 0);
  const disks = await all(compute.disks.listByResourceGroup(group));
  assert.deepEqual(disks.map((disk) => [disk.diskState, disk.diskSizeGB]), [['Unattached', 64]]);
  step('deleted: the OS disk with it, the data disk detached');

  const skus = await all(compute.resourceSkus.list({ filter: `location eq '${location}'` }));
  assert.ok(skus.some((sku) => sku.name === 'Standard_B2s' && sku.capabilities.some((c) => c.name === 'vCPUs' && c.value === '2')));
  const usages = await all(compute.usage.list(location));
  assert.ok(usages.some((usage) => usage.name.value === 'cores' && usage.limit > 0));
  const versions = await compute.virtualMachineImages.list(location, 'Canonical', '0001-com-ubuntu-server-jammy', '22_04-lts-gen2');
  assert.equal(versions.length, 2);
  step('SKUs, quota, images');

  await resources.resourceGroups.beginDeleteAndWait(group);
  assert.equal((await resources.resourceGroups.checkExistence(group)).body, false);
  step('group deleted with all in it');
  fs.rmSync(folder, { recursive: true });
}

main().then(() => console.log('all well'), (error) => {
  console.error(error);
  process.exit(1);
});
