<?php

namespace Database\Factories;

use App\Models\SomeEntity;
use Illuminate\Database\Eloquent\Factories\Factory;

class SomeEntityFactory extends Factory
{
    protected $model = SomeEntity::class;

    public function definition(): array
    {
        return [
            'a_text' => $this->faker->sentence(3),
            'an_id' => $this->faker->randomNumber(3),
        ];
    }
}
