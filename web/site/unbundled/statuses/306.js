export default {
  code: 306,
  name: '(Unused)',
  says: 'Once meant to switch proxies; reserved since, never used.',
  defined: 'RFC 9110, 15.4.7',
  icon: 'icons/306.svg',
};
