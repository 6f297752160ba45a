<?php

return [
    'default' => env('SOME_NAME_DRIVER', 'default'),
];
