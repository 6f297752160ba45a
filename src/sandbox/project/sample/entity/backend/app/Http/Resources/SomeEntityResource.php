<?php

namespace App\Http\Resources;

use Illuminate\Http\Resources\Json\JsonResource;

class SomeEntityResource extends JsonResource
{
    public function toArray($request): array
    {
        return [
            'id' => $this->id,
            'a_text' => $this->a_text,
            'an_id' => $this->an_id,
        ];
    }
}
