/** URLs that are shown, or called, for somebody else: https, to a host that others reach too, and nothing hidden in them. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What no RFC 3986 URL has as it is: blanks, controls, quotes, brackets of markup, backslashes. */
const FOREIGN = /[\s\p{C}\p{Z}"<>\\^`{|}]/u;
/** The parser forgives slashes too many; here two are followed by a host. */
const FORM = /^https:\/\/[^/?#]/;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // between a provider and its customers
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, with the metadata of clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15], // benchmarks
  ['224.0.0.0', 3], // multicast, reserved, broadcast
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 96], // unspecified, loopback, and IPv4 as it was once written
  ['::ffff:0:0:0', 96], // IPv4, translated
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32], // Teredo: leads to whatever IPv4 address is in it
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv6');

/** What is wrong with a URL, or null. The parser is the one that browsers and fetch use, so that no spelling of an address gets by. */
export function httpsUrlFault(text: string): string | null {
  if (!FORM.test(text)) return 'must be an https URL: `https://` and a host';
  if (FOREIGN.test(text)) return 'must be a URL without blanks, quotes or other characters that URLs do not have';
  const url = URL.parse(text);
  if (url === null) return 'must be an https URL; this is none';
  if (url.username !== '' || url.password !== '' || /^https:\/\/[^/?#]*@/.test(text)) return 'must be a URL without a user in it';
  return hostFault(url.hostname);
}

function hostFault(host: string): string | null {
  if (host.startsWith('[')) return isPrivateV6(host.slice(1, -1)) ? 'must not lead to a private address' : null;
  if (isIPv4(host)) return PRIVATE.check(host, 'ipv4') ? 'must not lead to a private address' : null;
  const name = host.replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return 'must not lead to the machine that follows it';
  return name.length <= 253 && name.split('.').every((label) => LABEL.test(label)) ? null : 'must have a host that can be looked up';
}

/** Also where an IPv4 address is in it: mapped (the block list sees to that), translated (64:ff9b::/96) or tunnelled (2002::/16). */
function isPrivateV6(address: string): boolean {
  if (!isIPv6(address) || PRIVATE.check(address, 'ipv6')) return true;
  const groups = groupsOf(address);
  const translated = groups[0] === 0x64 && groups[1] === 0xff9b ? groups.slice(6, 8) : groups[0] === 0x2002 ? groups.slice(1, 3) : null;
  if (translated === null) return false;
  const [high = 0, low = 0] = translated;
  return PRIVATE.check([high >> 8, high & 255, low >> 8, low & 255].join('.'), 'ipv4');
}

/** The eight numbers of an address as the parser writes it: lower case, no dotted part, at most one `::`. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const [before, after] = [head === '' ? [] : head, tail ?? []];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
}
