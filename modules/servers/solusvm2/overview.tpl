<div class="solusvm2">
  {if $problem}<p class="text-muted mb-0">{$problem|escape}</p>
  {else}
  <dl class="row mb-3">
    <dt class="col-sm-4">{$words.state|escape}</dt><dd class="col-sm-8"><span class="badge badge-{if $server.state == 'started'}success{elseif $server.state == 'processing'}info{elseif $server.state == 'suspended'}warning{else}secondary{/if}">{$server.label|escape}</span></dd>
    <dt class="col-sm-4">{$words.ip|escape}</dt><dd class="col-sm-8 text-break">{$server.ip|escape|default:'–'}</dd>
    <dt class="col-sm-4">{$words.plan|escape}</dt><dd class="col-sm-8 text-break">{$server.plan|escape}</dd>
    <dt class="col-sm-4">{$words.os|escape}</dt><dd class="col-sm-8 text-break">{$server.os|escape|default:'–'}</dd>
    <dt class="col-sm-4">{$words.place|escape}</dt><dd class="col-sm-8 text-break">{$server.place|escape}</dd>
    {if $rootpassword}<dt class="col-sm-4">{$words.password|escape}</dt><dd class="col-sm-8"><details><summary>{$words.show|escape}</summary><code>{$rootpassword|escape}</code></details></dd>{/if}
  </dl>
  {if $server.state == 'started' || $server.state == 'stopped'}
  <div class="module-buttons d-flex flex-wrap">
    {if $server.state == 'stopped'}
    <form method="post" action="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$serviceid|escape}" class="mr-2 mb-2">
      <input type="hidden" name="token" value="{$token}"><input type="hidden" name="modop" value="custom"><input type="hidden" name="a" value="start">
      <button class="btn btn-success btn-sm"><i class="fas fa-play" aria-hidden="true"></i> {$words.start|escape}</button></form>
    {else}
    <form method="post" action="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$serviceid|escape}" class="mr-2 mb-2">
      <input type="hidden" name="token" value="{$token}"><input type="hidden" name="modop" value="custom"><input type="hidden" name="a" value="restart">
      <button class="btn btn-light btn-sm" onclick="return confirm(this.dataset.ask)" data-ask="{$words.askrestart|escape}"><i class="fas fa-redo" aria-hidden="true"></i> {$words.restart|escape}</button></form>
    <form method="post" action="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$serviceid|escape}" class="mr-2 mb-2">
      <input type="hidden" name="token" value="{$token}"><input type="hidden" name="modop" value="custom"><input type="hidden" name="a" value="stop">
      <button class="btn btn-light btn-sm" onclick="return confirm(this.dataset.ask)" data-ask="{$words.askstop|escape}"><i class="fas fa-stop" aria-hidden="true"></i> {$words.stop|escape}</button></form>
    {/if}
    <form method="post" action="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$serviceid|escape}" class="mr-2 mb-2">
      <input type="hidden" name="token" value="{$token}"><input type="hidden" name="modop" value="custom"><input type="hidden" name="a" value="resetpassword">
      <button class="btn btn-light btn-sm" onclick="return confirm(this.dataset.ask)" data-ask="{$words.asknew|escape}"><i class="fas fa-key" aria-hidden="true"></i> {$words.newpassword|escape}</button></form>
  </div>
  {/if}
  {/if}
</div>
