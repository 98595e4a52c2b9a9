<section class="card">
  <h2>Customers</h2>
  {if $rows}
  <div class="scroll"><table class="list">
    <thead><tr><th>Client</th><th>E-mail</th><th>Since</th><th>Status</th><th class="num">Tokens billed</th><th class="num">Amount billed</th></tr></thead>
    <tbody>{foreach $rows as $row}
      <tr><td><a href="{$link}&amp;client={$row.client}">#{$row.client}</a></td><td>{$row.email}{if $row.problem}<div class="wrong">{$row.problem}</div>{/if}</td><td class="nowrap">{$row.since}</td>
      <td><span class="badge {if $row.status == 'active'}good{elseif $row.status == 'locked'}warn{else}bad{/if}">{$row.status|capitalize}</span></td><td class="num">{$row.tokens}</td><td class="num">{$row.amount}</td></tr>
    {/foreach}</tbody>
  </table></div>
  {else}
  <div class="empty"><i class="fas fa-cloud"></i><b>No customers yet</b>Whoever signs up on the landing page appears here.</div>
  {/if}
</section>
