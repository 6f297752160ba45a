<?php

namespace Tests\Feature;

use App\Models\SomeEntity;
use Tests\TestCase;

class SomeEntityTest extends TestCase
{
    public function test_lists_some_entities(): void
    {
        SomeEntity::factory()->count(3)->create();

        $this->getJson('/api/some-entities')->assertOk()->assertJsonCount(3, 'data');
    }
}
