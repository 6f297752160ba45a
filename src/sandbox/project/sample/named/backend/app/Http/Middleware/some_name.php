<?php

namespace App\Http\Middleware;

class some_name
{
    public function handle($request, \Closure $next)
    {
        return $next($request);
    }
}
