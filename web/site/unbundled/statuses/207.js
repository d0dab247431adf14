export default {
  code: 207,
  name: 'Multi-Status',
  says: 'Several outcomes in one answer, each with its own status.',
  defined: 'RFC 4918, 11.1',
  icon: 'icons/207.svg',
};
