export default {
  code: 418,
  name: '(Unused)',
  says: 'Reserved because of an April joke about teapots.',
  defined: 'RFC 9110, 15.5.19',
  icon: 'icons/418.svg',
};
