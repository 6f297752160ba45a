<?php

use App\Http\Controllers\Api;
use App\Http\Controllers\HealthController;
use Illuminate\Support\Facades\Route;

Route::get('/health', HealthController::class);
Route::get('/some-entities', [Api\SomeEntityController::class, 'index']);
Route::post('/some-entities', [Api\SomeEntityController::class, 'store']);
Route::get('/some-entities/{id}', [Api\SomeEntityController::class, 'show']);
