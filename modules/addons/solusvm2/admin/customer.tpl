<section class="card">
  <div class="card-head"><h2>{$email}</h2>
    <div class="btn-row">
      <a class="btn tiny" href="clientssummary.php?userid={$client}">Client #{$client}</a>
      <form method="post" action="{$link}"><input type="hidden" name="token" value="{$token}"><input type="hidden" name="client" value="{$client}"><button class="btn tiny" name="action" value="check">Bill and check now</button></form>
      <form method="post" action="{$link}"><input type="hidden" name="token" value="{$token}"><input type="hidden" name="client" value="{$client}"><button class="btn tiny" name="action" value="login">Log in as user {$user}</button></form>
    </div></div>
  <div class="card-body">
    <p>Status set by this module: <span class="badge {if $status == 'active'}good{elseif $status == 'locked'}warn{else}bad{/if}">{$status|capitalize}</span></p>
    {if $problem}<div class="banner error"><b>Last run</b>{$problem}</div>{/if}
  </div>
  {if $periods}
  <div class="scroll"><table class="list">
    <thead><tr><th>Month</th><th class="num">Tokens</th><th class="num">Price of a token</th><th class="num">Amount</th><th>Invoice</th></tr></thead>
    <tbody>{foreach $periods as $one}
      <tr><td class="nowrap">{$one.month}</td><td class="num">{$one.tokens}</td><td class="num">{$one.price}</td><td class="num">{$one.amount}</td>
      <td>{if $one.invoice}<a href="invoices.php?action=edit&amp;id={$one.invoice}">#{$one.invoice}</a>{else}<span class="soft">none: nothing used</span>{/if}</td></tr>
    {/foreach}</tbody>
  </table></div>
  {else}<div class="empty"><b>No month has been billed yet</b>The first invoice comes on the first of next month.</div>{/if}
</section>
