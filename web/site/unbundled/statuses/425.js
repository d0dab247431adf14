export default {
  code: 425,
  name: 'Too Early',
  says: 'Might be a replay from TLS early data: send it again later.',
  defined: 'RFC 8470, 5.2',
  icon: 'icons/425.svg',
};
