<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Schema;

return new class extends Migration
{
    public function up(): void
    {
        Schema::create('some_entities', function (Blueprint $table) {
            $table->id();
            $table->string('a_text');
            $table->foreignId('an_id');
            $table->timestamps();
        });
    }

    public function down(): void
    {
        Schema::dropIfExists('some_entities');
    }
};
