export default {
  code: 409,
  name: 'Conflict',
  says: 'It does not go together with the present state.',
  defined: 'RFC 9110, 15.5.10',
  icon: 'icons/409.svg',
};
