<?php

namespace App\Models;

use Illuminate\Database\Eloquent\Factories\HasFactory;
use Illuminate\Database\Eloquent\Model;

class SomeEntity extends Model
{
    use HasFactory;

    protected $fillable = ['a_text', 'an_id'];
}
