{* sdk.render has escaped every text already *}
<section class="card">
  <div class="card-head"><h2>{$words.new}</h2></div>
  <form method="post" action="{$link}" class="card-body">
    <input type="hidden" name="token" value="{$token}">
    <p><textarea name="text" rows="3" cols="60" aria-label="{$words.new}"></textarea></p>
    <button class="btn primary">{$words.save}</button>
  </form>
</section>
{foreach $notes as $note}
<section class="card">
  <div class="card-body">
    <p>{$note.text|nl2br}</p>
    <form method="post" action="{$link}">
      <input type="hidden" name="token" value="{$token}"><input type="hidden" name="action" value="delete">
      <input type="hidden" name="id" value="{$note.id}">
      <span class="soft">{$note.day} {$words.by} {$note.author}</span> <button class="btn tiny danger">{$words.delete}</button>
    </form>
  </div>
</section>
{foreachelse}
<p class="soft">{$words.none}</p>
{/foreach}
