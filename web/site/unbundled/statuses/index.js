// The registered status codes of HTTP, each a module of its own, in their order.
import s100 from './100.js';
import s101 from './101.js';
import s102 from './102.js';
import s103 from './103.js';
import s200 from './200.js';
import s201 from './201.js';
import s202 from './202.js';
import s203 from './203.js';
import s204 from './204.js';
import s205 from './205.js';
import s206 from './206.js';
import s207 from './207.js';
import s208 from './208.js';
import s226 from './226.js';
import s300 from './300.js';
import s301 from './301.js';
import s302 from './302.js';
import s303 from './303.js';
import s304 from './304.js';
import s305 from './305.js';
import s306 from './306.js';
import s307 from './307.js';
import s308 from './308.js';
import s400 from './400.js';
import s401 from './401.js';
import s402 from './402.js';
import s403 from './403.js';
import s404 from './404.js';
import s405 from './405.js';
import s406 from './406.js';
import s407 from './407.js';
import s408 from './408.js';
import s409 from './409.js';
import s410 from './410.js';
import s411 from './411.js';
import s412 from './412.js';
import s413 from './413.js';
import s414 from './414.js';
import s415 from './415.js';
import s416 from './416.js';
import s417 from './417.js';
import s418 from './418.js';
import s421 from './421.js';
import s422 from './422.js';
import s423 from './423.js';
import s424 from './424.js';
import s425 from './425.js';
import s426 from './426.js';
import s428 from './428.js';
import s429 from './429.js';
import s431 from './431.js';
import s451 from './451.js';
import s500 from './500.js';
import s501 from './501.js';
import s502 from './502.js';
import s503 from './503.js';
import s504 from './504.js';
import s505 from './505.js';
import s506 from './506.js';
import s507 from './507.js';
import s508 from './508.js';
import s510 from './510.js';
import s511 from './511.js';

export default [
  s100, s101, s102, s103, s200, s201, s202, s203, s204, s205,
  s206, s207, s208, s226, s300, s301, s302, s303, s304, s305,
  s306, s307, s308, s400, s401, s402, s403, s404, s405, s406,
  s407, s408, s409, s410, s411, s412, s413, s414, s415, s416,
  s417, s418, s421, s422, s423, s424, s425, s426, s428, s429,
  s431, s451, s500, s501, s502, s503, s504, s505, s506, s507,
  s508, s510, s511,
];
