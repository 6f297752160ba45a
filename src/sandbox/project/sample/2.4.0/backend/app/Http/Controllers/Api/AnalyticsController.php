<?php

namespace App\Http\Controllers\Api;

use App\Http\Controllers\Controller;

class AnalyticsController extends Controller
{
    public function summary()
    {
        return ['programs' => \App\Models\Program::count()];
    }

    public function evaluator_performance()
    {
        return \App\Models\Evaluation::query()->selectRaw('evaluator_id, count(*) as done')->groupBy('evaluator_id')->get();
    }

    public function subordinate_performance()
    {
        return \App\Models\Evaluation::query()->selectRaw('template_id, count(*) as done')->groupBy('template_id')->get();
    }

    public function competency_analysis()
    {
        return \App\Models\Answer::query()->selectRaw('question_id, avg(value) as average')->groupBy('question_id')->get();
    }

    public function department_comparison()
    {
        return \App\Models\Department::query()->get(['name']);
    }

    public function trends()
    {
        return \App\Models\Answer::query()->selectRaw('month(created_at) as month, avg(value) as value')->groupBy('month')->get();
    }
}
