<?php

namespace App\Http\Controllers\Api;

use App\Http\Controllers\Controller;
use App\Http\Requests\StoreSomeEntityRequest;
use App\Http\Resources\SomeEntityResource;
use App\Models\SomeEntity;

class SomeEntityController extends Controller
{
    public function index()
    {
        return SomeEntityResource::collection(SomeEntity::query()->latest()->paginate(25));
    }

    public function store(StoreSomeEntityRequest $request)
    {
        return new SomeEntityResource(SomeEntity::create($request->validated()));
    }

    public function show(SomeEntity $someEntity)
    {
        return new SomeEntityResource($someEntity);
    }

    public function destroy(SomeEntity $someEntity)
    {
        $this->authorize('delete', $someEntity);
        $someEntity->delete();

        return response()->noContent();
    }
}
