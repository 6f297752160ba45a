<?php

return [
    'saved' => 'Saved.',
    'deleted' => 'Deleted.',
];
