export default {
  code: 506,
  name: 'Variant Also Negotiates',
  says: 'The chosen version is itself a choice: a mistake at the server.',
  defined: 'RFC 2295, 8.1',
  icon: 'icons/506.svg',
};
