<?php

return [
    'saved' => 'सहेजा गया।',
    'deleted' => 'हटाया गया।',
];
