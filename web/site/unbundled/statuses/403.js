export default {
  code: 403,
  name: 'Forbidden',
  says: 'Understood, and refused.',
  defined: 'RFC 9110, 15.5.4',
  icon: 'icons/403.svg',
};
