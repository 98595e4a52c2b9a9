{if $introduction}<p>{$introduction|escape|nl2br}</p>{/if}
{foreach $notes as $note}
<div class="alert alert-{$tone|escape}">
  <div>{$note.text|escape|nl2br}</div>
  <small>{$note.day|escape} {$words.by|escape} {$note.author|escape}</small>
</div>
{foreachelse}
<p>{$words.none|escape}</p>
{/foreach}
