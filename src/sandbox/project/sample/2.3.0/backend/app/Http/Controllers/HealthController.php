<?php

namespace App\Http\Controllers;

class HealthController extends Controller
{
    public function __invoke()
    {
        return ['status' => 'ok', 'version' => trim(file_get_contents(base_path('VERSION')))];
    }
}
