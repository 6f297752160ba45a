<p>{{ __('messages.reminder') }}</p>
