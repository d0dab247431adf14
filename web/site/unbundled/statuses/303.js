export default {
  code: 303,
  name: 'See Other',
  says: 'Look there with GET for what came of the request.',
  defined: 'RFC 9110, 15.4.4',
  icon: 'icons/303.svg',
};
