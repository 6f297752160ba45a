<!doctype html>
<title>{{ config('app.name') }}</title>
<main data-view="some_name">{{ $slot ?? '' }}</main>
