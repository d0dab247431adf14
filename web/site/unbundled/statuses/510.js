export default {
  code: 510,
  name: 'Not Extended',
  says: 'Obsolete: a needed extension was not in the request.',
  defined: 'RFC 2774, 7',
  icon: 'icons/510.svg',
};
