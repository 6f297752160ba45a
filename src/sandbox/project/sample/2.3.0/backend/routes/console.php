<?php

use Illuminate\Support\Facades\Artisan;

Artisan::command('inspire', fn () => $this->comment('Ship small.'));
