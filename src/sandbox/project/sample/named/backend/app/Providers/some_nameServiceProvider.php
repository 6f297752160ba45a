<?php

namespace App\Providers;

use Illuminate\Support\ServiceProvider;

class some_nameServiceProvider extends ServiceProvider
{
    public function boot(): void
    {
    }
}
