<?php

namespace App\Policies;

use App\Models\SomeEntity;
use App\Models\User;

class SomeEntityPolicy
{
    public function delete(User $user, SomeEntity $someEntity): bool
    {
        return $user->can('some_entity.delete');
    }
}
