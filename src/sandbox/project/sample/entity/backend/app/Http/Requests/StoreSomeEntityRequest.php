<?php

namespace App\Http\Requests;

use Illuminate\Foundation\Http\FormRequest;

class StoreSomeEntityRequest extends FormRequest
{
    public function rules(): array
    {
        return [
            'a_text' => ['required', 'string'],
            'an_id' => ['required', 'integer'],
        ];
    }
}
